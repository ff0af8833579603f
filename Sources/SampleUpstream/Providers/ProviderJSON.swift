import Tokens

extension Resource {
    /// An answer that is JSON whatever its status.
    static func json(_ status: Int, _ text: String) -> Resource {
        var resource = Resource.json(Array(text.utf8))
        resource.status = status
        return resource
    }
}

extension [UInt8] {
    /// Appends members of an object, separated by commas; the values are JSON.
    mutating func append(members: [(String, String)]) {
        for (index, member) in members.enumerated() {
            if index > 0 { append(text: ",") }
            append(jsonString: member.0)
            append(text: ":")
            append(text: member.1)
        }
    }
}

/// A text as JSON, or `null`.
func jsonText(_ text: String?) -> String {
    var output: [UInt8] = []
    output.append(jsonString: text)
    return String(decoding: output, as: UTF8.self)
}
