secret = 'planted-e9d94f4ea72b00be7125064dbbe38ed9'
