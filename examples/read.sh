#!/bin/sh
# Reads a hub with curl: its devices, a chart of one metric, and all readings of a device into a CSV file.
#
#   export HUB_TOKEN=$(npx aerie token add scripts --scope viewer)
#   sh examples/read.sh cellar temperature
#
# HUB_URL is the hub's address: http://localhost:3000 unless it is set.
set -eu

device=${1:?usage: read.sh DEVICE METRIC}
metric=${2:?usage: read.sh DEVICE METRIC}
url=${HUB_URL:-http://localhost:3000}

# The token goes in by standard input: every user of a machine can see the arguments of a process.
get() {
  printf 'Authorization: Bearer %s' "${HUB_TOKEN:?set it to a token of the hub}" |
    curl --silent --show-error --fail-with-body --get --header @- "$@"
}

echo "The first ten devices, with their latest values:"
get "$url/api/devices" --data limit=10
echo

echo "$metric of $device, the last 24 hours in at most 100 points:"
get "$url/api/devices/$device/series" --data-urlencode "metrics=$metric" --data points=100
echo

get "$url/api/export" --data-urlencode "devices=$device" --data format=csv --output "$device.csv"
echo "All readings of $device are in $device.csv"
