#!/bin/bash
source ./coins.sh
. "$(dirname "$0")/drawer.sh"

RATE=3
readonly LIMIT=100

# Adds a coin.
function add() {
  local coin=$1
  mint "$coin" "$RATE"
}
spend() (
  add "$1" || exit 1
)
# Does nothing yet.
close_all () { :; }
add 1
