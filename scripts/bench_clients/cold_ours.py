"""Is what a short program does: import ventanilla, make one call, read its typed answer."""

import httpx

from ventanilla import Syncfy

ANSWER = (
    b'{"rid":"d337e963-680f-4009-85dc-ab439bfdc771","code":200,"errors":null,"status":true,"message":null,"response":'
    b'{"id_user":"5e06694b93f4a91cb218f28f","id_external":"MIST030794","name":"Rey Misterio",'
    b'"dt_create":1577478475,"dt_modify":null}}'
)
KIND = {"content-type": "application/json"}

transport = httpx.MockTransport(lambda _: httpx.Response(200, content=ANSWER, headers=KIND))
with Syncfy(api_key="7767a4a04f990e9231bafc949e8ca08a", transport=transport) as syncfy:
    user = syncfy.create_user("Rey Misterio")
if user.name != "Rey Misterio":
    raise SystemExit("the answer was not read as it was written")
