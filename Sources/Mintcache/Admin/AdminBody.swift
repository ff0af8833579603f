import Tokens

/// The JSON object that a request of the admin API has for a body.
struct AdminBody {
    let root: JSONValue

    /// - Parameter known: the members that it may have.
    /// - Throws: what is wrong with it, as a 400.
    init(parsing body: [UInt8], known: [String]) throws(Problem) {
        do throws(JSONError) {
            root = try JSONDocument(validating: body).root
        } catch {
            throw .invalidRequest("The body is not valid JSON: \(error).")
        }
        guard root.kind == .object else { throw .invalidRequest("The body must be a JSON object.") }
        for member in root.members where !known.contains(member.name) {
            let list = known.joined(separator: ", ")
            throw .invalidRequest("Unknown member \(member.name.prefix(64)); known are \(list).")
        }
    }

    /// A member that is true or false; false when it is not there.
    func flag(_ name: String) throws(Problem) -> Bool {
        guard let value = root[name] else { return false }
        guard let flag = value.boolean else { throw .invalidRequest("\(name) must be true or false.") }
        return flag
    }
}
