-- Load as a browser makes it: the header fields a page's fetch() sends, about 650 bytes with the request line.
-- "identity" keeps compression out of the comparison: every server sends the same number of body bytes.
wrk.headers["Connection"] = "keep-alive"
wrk.headers["sec-ch-ua-platform"] = "\"Linux\""
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    .. "Chrome/140.0.0.0 Safari/537.36"
wrk.headers["sec-ch-ua"] = "\"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\", \"Google Chrome\";v=\"140\""
wrk.headers["sec-ch-ua-mobile"] = "?0"
wrk.headers["Accept"] = "application/json, text/plain, */*"
wrk.headers["Origin"] = "https://gallery.example"
wrk.headers["Sec-Fetch-Site"] = "cross-site"
wrk.headers["Sec-Fetch-Mode"] = "cors"
wrk.headers["Sec-Fetch-Dest"] = "empty"
wrk.headers["Referer"] = "https://gallery.example/collections/lanterns/tokens?page=3&sort=rarity"
wrk.headers["Accept-Encoding"] = "identity"
wrk.headers["Accept-Language"] = "en-GB,en-US;q=0.9,en;q=0.8,de;q=0.7"
wrk.headers["Priority"] = "u=1, i"

-- One line a program can read, beside wrk's own summary.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "duration_us": %d, "bytes": %d, "p50_us": %d, "p99_us": %d, "max_us": %d, '
            .. '"failed": %d, "connect_errors": %d, "read_errors": %d, "write_errors": %d, "timeouts": %d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        latency.max, errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
