#!/bin/sh
# Asks the model for a verdict on the staged change. `git commit --no-verify` goes past it.
set -u

change=$(git diff --cached --no-ext-diff)
if [ -z "$change" ]; then
  exit 0
fi

answer=$(printf '%s\n' "$change" | vivek ask \
  "Is there a mistake in this change that you are sure of? Begin the first line with GOOD or MISTAKE, then say why." \
  --mode architect --depth fast --timeout "${VIVEK_REVIEW_SECONDS:-120}" --max-calls 2)
code=$?

case $code in
  0) ;;
  4 | 5)
    echo "vivek did not come to a verdict (exit code $code); the commit goes on." >&2
    exit 0
    ;;
  *) exit "$code" ;;
esac

printf '%s\n' "$answer"
case $answer in
  MISTAKE*) exit 1 ;;
  *) exit 0 ;;
esac
