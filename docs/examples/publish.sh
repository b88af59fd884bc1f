#!/bin/sh
# Sends the event in a file, or the list of events in it, by HTTP, and prints the answer.
# Safe to run again: an event with the same id and content has its effect once.
set -eu
: "${WLC_INTAKE_URL:?the address of intake, such as http://localhost:8081}"
: "${WLC_PUBLISHER_KEY:?your key, pk_...}"

kind=cloudevents
if [ "$(tr -d '[:space:]' <"$1" | head -c 1)" = '[' ]; then
    kind=cloudevents-batch
fi

# The key goes in by a pipe: on the command line every user of the machine could read it.
printf 'header = "Authorization: Bearer %s"\n' "$WLC_PUBLISHER_KEY" |
    curl --config - --silent --show-error --fail-with-body --retry 5 --retry-connrefused \
        --header "Content-Type: application/$kind+json" \
        --data-binary "@$1" --write-out '\n' "$WLC_INTAKE_URL/v1/events"
