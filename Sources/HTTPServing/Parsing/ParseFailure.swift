/// Why a request head is refused. The raw value is the stable label for logs and counters.
public enum ParseFailure: String, Error, Sendable, CaseIterable {
    case requestLineMalformed = "request-line-malformed"
    case requestLineTooLong = "request-line-too-long"
    case targetInvalid = "target-invalid"
    case versionUnsupported = "version-unsupported"
    case methodRefused = "method-refused"
    case fieldMalformed = "field-malformed"
    case controlCharacter = "control-character"
    case fieldsTooLarge = "fields-too-large"
    case tooManyFields = "too-many-fields"
    case hostMissing = "host-missing"
    case hostRepeated = "host-repeated"
    case hostInvalid = "host-invalid"
    case contentLengthInvalid = "content-length-invalid"
    case transferEncodingInvalid = "transfer-encoding-invalid"
    case transferEncodingUnsupported = "transfer-encoding-unsupported"
    case framingAmbiguous = "framing-ambiguous"
    case bodyUnexpected = "body-unexpected"
    case bodyTooLarge = "body-too-large"
    case connectionInvalid = "connection-invalid"
    case expectationUnsupported = "expectation-unsupported"

    /// The status that answers it (RFC 9110 section 15.5, RFC 6585 section 5).
    public var status: Int {
        switch self {
        case .requestLineMalformed, .targetInvalid, .fieldMalformed, .controlCharacter, .hostMissing, .hostRepeated,
            .hostInvalid, .contentLengthInvalid, .transferEncodingInvalid, .framingAmbiguous, .bodyUnexpected,
            .connectionInvalid:
            400
        case .methodRefused: 405
        case .bodyTooLarge: 413
        case .requestLineTooLong: 414
        case .expectationUnsupported: 417
        case .fieldsTooLarge, .tooManyFields: 431
        case .transferEncodingUnsupported: 501
        case .versionUnsupported: 505
        }
    }

    /// One sentence for the client.
    public var detail: StaticString {
        switch self {
        case .requestLineMalformed: "The request line is not 'method target version' with single spaces and CRLF."
        case .requestLineTooLong: "The request line is longer than this server accepts."
        case .targetInvalid: "The request target must be a path or an absolute http URI in visible ASCII."
        case .versionUnsupported: "This server speaks HTTP/1.1 and HTTP/1.0."
        case .methodRefused: "CONNECT is not served."
        case .fieldMalformed: "A header field is not 'name: value' on one line."
        case .controlCharacter: "The header section contains a control character or a line end other than CRLF."
        case .fieldsTooLarge: "The header section is larger than this server accepts."
        case .tooManyFields: "The header section has more fields than this server accepts."
        case .hostMissing: "An HTTP/1.1 request needs a Host field."
        case .hostRepeated: "A request has exactly one Host field."
        case .hostInvalid: "The host is not a valid 'host' or 'host:port'."
        case .contentLengthInvalid: "Content-Length must be one decimal number, given once."
        case .transferEncodingInvalid: "Transfer-Encoding must be 'chunked', given once, in an HTTP/1.1 request."
        case .transferEncodingUnsupported: "The only transfer coding served is 'chunked'."
        case .framingAmbiguous: "Content-Length and Transfer-Encoding exclude each other."
        case .bodyUnexpected: "GET and HEAD requests have no body here."
        case .bodyTooLarge: "The body is larger than this server accepts."
        case .connectionInvalid: "Connection names a field that must reach every recipient."
        case .expectationUnsupported: "The only expectation served is '100-continue'."
        }
    }
}
