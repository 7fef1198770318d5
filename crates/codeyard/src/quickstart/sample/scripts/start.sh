#!/bin/bash
# Starts the application in the background; its output must not hold the agent's pipe.
set -eu
cd /srv/quickstart
setsid nohup python3 app.py > /var/log/quickstart.log 2>&1 < /dev/null &
echo $! > /var/run/quickstart.pid
