"""ventanilla: the typed window onto Syncfy (Paybook Sync), Facti and Factura Online."""
