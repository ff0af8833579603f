-- Load as a browser makes it, each request for the next of many keys, so that none is answered on another's account.
-- Arguments: this folder, and the path before and after the key's number, and how many keys there are.
local requests = {}
local turn = 0

function init(arguments)
    dofile(arguments[1] .. "/browser.lua")
    for number = 1, tonumber(arguments[4]) do
        requests[number] = wrk.format("GET", arguments[2] .. number .. arguments[3])
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end
