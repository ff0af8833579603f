import HTTPCaching

/// When sample responses came: 2026-01-02T03:04:05Z, in milliseconds since 1970.
let arrivalTime: Int64 = 1_767_323_045_000

/// The date `seconds` after ``arrivalTime``.
func date(_ seconds: Int64) -> String { HTTPDate.text(arrivalTime / 1_000 + seconds) }

/// Fields from lines such as `Cache-Control: no-store`.
func header(_ lines: String...) -> HeaderFields { header(lines) }

func header(_ lines: [String]) -> HeaderFields {
    HeaderFields(
        lines.map { line in
            let name = line.prefix { $0 != ":" }
            return FieldLine(String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
        })
}

/// The facts about a request with the given fields.
func facts(_ lines: [String]) -> RequestFacts { RequestFacts(header(lines)) }

/// A response that was asked for and came at ``arrivalTime``.
func response(_ status: Int = 200, _ lines: String...) -> ReceivedResponse { response(status, lines) }

func response(_ status: Int, _ lines: [String]) -> ReceivedResponse {
    ReceivedResponse(status: status, fields: header(lines), requestTime: arrivalTime, responseTime: arrivalTime)
}

/// What becomes of a response.
func decision(
    _ response: ReceivedResponse, to method: String = "GET", with request: [String] = [], at url: ResourceURL? = nil,
    by rules: CachingRules = CachingRules()
) -> StorageDecision {
    Storing.decide(
        method: method, requestFields: header(request), facts: facts(request), url: url, response: response,
        rules: rules)
}

extension StorageDecision {
    var stored: StoredHead? {
        switch self {
        case .store(let head): head
        case .refuse: nil
        }
    }

    var refusal: StorageRefusal? {
        switch self {
        case .store: nil
        case .refuse(let refusal): refusal
        }
    }
}

extension StoredHead {
    /// Which use the response is for a request with the given fields, `seconds` after it came.
    func reuse(after seconds: Int64, for request: String...) -> Reuse {
        reuse(for: facts(request), honouringDirectives: true, at: responseTime + seconds * 1_000)
    }

    func mayStandIn(after seconds: Int64, for request: String...) -> Bool {
        mayStandIn(forErrorAt: responseTime + seconds * 1_000, request: facts(request))
    }
}
