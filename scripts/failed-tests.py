#!/usr/bin/env python3
"""Prints the tests that failed, one regular expression for `--filter` in each line, from event streams of Swift Testing."""

import json
import re
import sys


def failed(lines):
    """The identifiers of the functions in which something was recorded that nobody expected."""
    for line in lines:
        record = json.loads(line)
        payload = record["payload"]
        if record["kind"] != "event" or payload["kind"] != "issueRecorded":
            continue
        issue = payload["issue"]
        if not issue["isKnown"] and issue.get("isFailure", True):
            yield payload.get("testID", "")


def main():
    tests = dict.fromkeys(test for path in sys.argv[1:] for test in failed(open(path, encoding="utf-8")))
    for test in tests:
        # Without the place in the file: a pattern for the function alone.
        function = test[: test.rindex("/")] if test.count("/") > 1 else test
        print("^" + re.escape(function).replace("\\ ", " "))


main()
