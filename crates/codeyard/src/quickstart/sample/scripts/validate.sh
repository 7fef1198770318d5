#!/bin/bash
# The deployment counts once the application answers.
set -eu
for attempt in $(seq 100); do
  if python3 -c 'import os, urllib.request as r; r.urlopen("http://127.0.0.1:%s/" % os.environ["PORT"], timeout=2)' 2> /dev/null; then
    exit 0
  fi
  sleep 0.1
done
echo "the application did not answer on port $PORT" >&2
cat /var/log/quickstart.log >&2
exit 1
