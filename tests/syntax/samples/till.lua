-- A till that holds coins.
local json = require("json")
local coins = require "till.coins"

local Till = {}
Till.__index = Till

local LARGEST = 500

--- Makes an empty till.
function Till.new(name)
  return setmetatable({ name = name, held = {} }, Till)
end

--- Puts a coin into it.
-- More than one line is said.
function Till:add(coin, ...)
  if coin.value > LARGEST then
    error("too large")
  end
  table.insert(self.held, coins.check(coin))
end

Till.total = function(self)
  local sum = 0
  for _, coin in ipairs(self.held) do
    sum = sum + coin.value
  end
  return sum
end

local function shown(till) return json.encode(till) end

function print_all(tills)
  for number = 1, #tills do
    print(shown(tills[number]))
  end
end

return Till
