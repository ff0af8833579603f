/// The JSON of RFC 9457 problem documents.
enum ProblemDocument {
    /// A JSON string literal (RFC 8259 section 7).
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            case _: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Response {
    /// An RFC 9457 problem document of the type `urn:mintcache:problem:<slug>`.
    public static func problem(_ status: Int, slug: String, title: String, detail: String) -> Response {
        let body =
            "{\"type\":\"urn:mintcache:problem:\(slug)\",\"title\":" + ProblemDocument.quoted(title)
            + ",\"status\":\(status),\"detail\":" + ProblemDocument.quoted(detail) + "}"
        return Response(status: status, contentType: "application/problem+json", body: body)
    }

    /// The problem document of a failure, with the fields that its status requires: Allow with 405 (RFC 9110
    /// section 15.5.6), Retry-After with 503.
    public static func problem(_ failure: RequestFailure) -> Response {
        let title = String(describing: StatusLine.reason(failure.status))
        var response = problem(
            failure.status, slug: String(describing: failure.slug), title: title,
            detail: String(describing: failure.detail))
        response.fields.append(("Cache-Control", "no-store"))
        if failure.status == 405 { response.fields.append(("Allow", "GET, HEAD, POST, OPTIONS")) }
        if failure.status == 503 { response.fields.append(("Retry-After", "1")) }
        return response
    }
}
