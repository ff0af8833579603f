import CCurl
import EventLoops

extension EasyHandle {
    /// Sets everything but the callbacks. libcurl is told to do one exchange and nothing by itself: no redirects, no
    /// proxy from the environment, no cookies, no credentials from files, no names looked up.
    func configure(for plan: TransferPlan) throws(Refusal) {
        try set(CURLOPT_URL, plan.url.text)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_NOSIGNAL, 1)
        // Without it, removing a handle can wait for a look-up's thread.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_NETRC, 0)
        try set(CURLOPT_UNRESTRICTED_AUTH, 0)
        try configureConnection(for: plan)
        try configureTLS(for: plan)
        switch plan.message {
        case .fetch(let message): try configure(for: message)
        case .exchange(let message): try configure(for: message)
        }
    }

    private func configureConnection(for plan: TransferPlan) throws(Refusal) {
        try set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(plan.connectTimeout.inMilliseconds, 1)))
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        if plan.isHTTP1 {
            try set(CURLOPT_HTTP_VERSION, ccurl_http_version_1_1)
        } else {
            // Waits for the handshake of a connection being made, which tells whether it can be shared. On plain HTTP
            // it would wait for the first answer.
            try set(CURLOPT_HTTP_VERSION, ccurl_http_version_2tls)
            try set(CURLOPT_PIPEWAIT, 1)
        }
        // So that a host's move, or a rebinding, is noticed: new connections go to vetted addresses only.
        try set(CURLOPT_MAXLIFETIME_CONN, 300)
        try set(CURLOPT_MAXAGE_CONN, 60)
        if plan.needsNewConnection {
            try set(CURLOPT_FRESH_CONNECT, 1)
            // Nor is it kept: made for one request each, they would pile up faster than others can use them.
            try set(CURLOPT_FORBID_REUSE, 1)
        }
        // A literal IPv6 host is its own pin, and the list has no syntax for it. `+` lets the entry expire.
        guard !plan.url.isIPv6 else { return }
        let addresses = plan.pins.map { $0.family == .ipv6 ? "[\($0.numericHost)]" : $0.numericHost }
        let pin = "+\(plan.url.host):\(plan.url.port):\(addresses.joined(separator: ","))"
        try set(CURLOPT_RESOLVE, list: [Array(pin.utf8)])
    }

    private func configureTLS(for plan: TransferPlan) throws(Refusal) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, ccurl_tls_1_2_or_later)
        if let file = plan.certificateAuthorityFile { try set(CURLOPT_CAINFO, file) }
    }

    private func configure(for message: FetchMessage) throws(Refusal) {
        try set(CURLOPT_USERAGENT, message.userAgent)
        try set(CURLOPT_ACCEPT_ENCODING, "gzip, br, deflate")
        // `Expect` would be added to large bodies and cost a round trip, or a second's wait.
        var lines = ["Expect:"]
        if !message.body.isEmpty, !message.fields.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for field in message.fields {
            // libcurl reads "Name:" as "leave this field out".
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        try set(CURLOPT_HTTPHEADER, list: lines.map { Array($0.utf8) })
        switch message.method {
        case .get where message.body.isEmpty:
            try set(CURLOPT_HTTPGET, 1)
        case .head where message.body.isEmpty:
            try set(CURLOPT_NOBODY, 1)
        case .get, .head, .post, .put, .patch, .delete, .options:
            let carriesBody = message.method == .post || message.method == .put || message.method == .patch
            if carriesBody || !message.body.isEmpty { try setBody(message.body) }
            try set(CURLOPT_CUSTOMREQUEST, message.method.rawValue)
        }
    }

    /// The message as it is: libcurl adds the length or the transfer coding of the request, and undoes no coding of the
    /// answer. It does follow the chunked coding to find the answer's end.
    private func configure(for message: ExchangeMessage) throws(Refusal) {
        try set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        try set(CURLOPT_HTTP_TRANSFER_DECODING, 0)
        try set(CURLOPT_BUFFERSIZE, Self.exchangeBufferBytes)
        try set(CURLOPT_HTTPHEADER, list: message.lines)
        try set(CURLOPT_REQUEST_TARGET, bytes: message.target)
        switch message.bodyLength {
        case .none: try set(message.isHead ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1)
        case .known(let count): try configureUpload(bytes: count)
        case .unknown: try configureUpload(bytes: -1)
        }
        try set(CURLOPT_CUSTOMREQUEST, message.method)
    }

    /// Fewer system calls than with libcurl's 16 KiB; each running exchange has one such buffer.
    private static let exchangeBufferBytes = 64 * 1024

    /// - Parameter bytes: -1 when nobody knows yet.
    private func configureUpload(bytes: Int) throws(Refusal) {
        try set(CURLOPT_UPLOAD, 1)
        try check(ccurl_set_size(raw, CURLOPT_INFILESIZE_LARGE, bytes))
    }
}
