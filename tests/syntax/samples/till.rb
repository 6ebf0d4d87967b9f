require 'json'
require_relative 'coins/coin'

# A till.
class Till < Drawer
  include Coins
  SIZE = 3
  attr_reader :total

  # Adds a coin
  # to the till.
  def add(coin, *rest, times: 1)
    local = coin.value * times
    @total += Coin.mint(local, SIZE)
    rest.each { |one| add(one) }
  end

  def self.open?(till) = till.size > 0

  class << self
    def make
      new
    end
  end

  private def hidden; end
end

module Coins
  module Small; end
end

class Shop::Counter; end

def helper(a,
           b)
  a
end
