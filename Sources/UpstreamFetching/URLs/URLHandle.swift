private import CCurl
import Glibc

/// libcurl's URL parser (curl_url(3)): the same code that later connects, so that what is checked is what is dialled.
struct URLHandle: ~Copyable {
    /// The parts that are read or written here.
    enum Part {
        case url, scheme, user, password, host, port, fragment, zone

        fileprivate var code: CURLUPart {
            switch self {
            case .url: CURLUPART_URL
            case .scheme: CURLUPART_SCHEME
            case .user: CURLUPART_USER
            case .password: CURLUPART_PASSWORD
            case .host: CURLUPART_HOST
            case .port: CURLUPART_PORT
            case .fragment: CURLUPART_FRAGMENT
            case .zone: CURLUPART_ZONEID
            }
        }
    }

    /// Safe: made once, never changed or freed.
    private nonisolated(unsafe) static let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

    private let raw: OpaquePointer

    init?() {
        guard let raw = curl_url() else { return nil }
        self.raw = raw
    }

    deinit {
        curl_url_cleanup(raw)
    }

    /// Parses an absolute URL, or one relative to the URL held already. Spaces and bytes above ASCII become percent
    /// escapes. Returns libcurl's reason on failure.
    func parse(_ text: String) -> String? {
        let flags = UInt32(CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_DISALLOW_USER)
        let code = text.withCString { curl_url_set(raw, CURLUPART_URL, $0, flags) }
        return code == CURLUE_OK ? nil : Self.describe(code)
    }

    /// `nil` removes the part.
    func set(_ part: Part, _ text: String?) -> Bool {
        guard let text else { return curl_url_set(raw, part.code, nil, 0) == CURLUE_OK }
        return text.withCString { curl_url_set(raw, part.code, $0, 0) } == CURLUE_OK
    }

    /// The part with an international host in its ASCII form and the port always given; `nil` when it is not there.
    func get(_ part: Part) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let flags = UInt32(part == .port ? CURLU_DEFAULT_PORT : CURLU_PUNYCODE)
        // libidn2 reads the host in the locale's encoding, and ours is always UTF-8.
        let previous = uselocale(Self.locale)
        defer { uselocale(previous) }
        guard curl_url_get(raw, part.code, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func describe(_ code: CURLUcode) -> String {
        curl_url_strerror(code).map { String(cString: $0) } ?? "not a URL"
    }
}
