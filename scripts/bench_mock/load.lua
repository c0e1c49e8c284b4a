-- Is wrk's side of load.py: sends the requests of a plan in turn, checks every answer, and stops at the plan's count.
-- What an answer says was made is undone by the next request, so that the server's state stays as large as it is.
-- This runs in two places: in wrk's thread (init, request, response), and once more in wrk itself (setup, done).

local thread
answered, failed, failure = 0, 0, ""

function setup(each)
   thread = each
end

local plan, ready, turn, made = nil, {}, 0, {}

local function formatted(sent, id)
   local path, body = sent.path, sent.body
   if id then
      path, body = path:gsub("{id}", id), body:gsub("{id}", id)
   end
   return wrk.format(sent.method, path, sent.headers, body ~= "" and body or nil)
end

function init(arguments)
   plan = dofile(arguments[1])
   for place, sent in ipairs(plan.requests) do
      ready[place] = formatted(sent)
   end
end

function request()
   local id = table.remove(made)
   if id then
      return formatted(plan.undo, id)
   end
   turn = turn % #ready + 1
   return ready[turn]
end

function response(status, headers, body)
   answered = answered + 1
   if status >= plan.refused or not body:find(plan.expected, 1, true) then
      failed, failure = failed + 1, status .. " " .. body:sub(1, 300)
   elseif plan.undo then
      local id = body:match(plan.made)
      if id then
         table.insert(made, id)
      end
   end
   if answered == plan.count then
      -- wrk itself would sleep on to the end of its duration: load.py wakes it with a signal.
      wrk.thread:stop()
      print("full")
      io.stdout:flush()
   end
end

function done(summary)
   local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   print("answered", thread:get("answered"))
   print("failed", thread:get("failed"))
   print("broken", broken)
   print("failure", thread:get("failure"))
end
