-- Load as a browser makes it, each request for the next of many keys, so that none is answered on another's account.
-- Arguments: the path before and after the key's number, and how many keys there are.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "browser.lua")

local requests = {}
local turn = 0

function init(arguments)
    for number = 1, tonumber(arguments[3]) do
        requests[number] = wrk.format("GET", arguments[1] .. number .. arguments[2])
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end
