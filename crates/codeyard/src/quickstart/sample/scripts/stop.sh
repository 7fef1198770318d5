#!/bin/bash
# Stops the application of the last deployment, if it runs.
set -u
if [ -f /var/run/quickstart.pid ]; then
  kill "$(cat /var/run/quickstart.pid)" 2> /dev/null || true
  rm -f /var/run/quickstart.pid
fi
