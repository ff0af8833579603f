import Tokens

/// What `POST /v1/batch` asks for.
struct BatchRequest: Sendable {
    static let limit = 1000

    /// One item of the list, in its place.
    enum Item: Sendable {
        /// The token at a place in ``BatchRequest/tokens``.
        case token(Int)
        /// What is wrong with it; the others are answered.
        case refused(Problem)
    }

    let items: [Item]
    /// Each token once, in the order in which it is first asked for.
    let tokens: [TokenReference]
    /// Where in the list each token is asked for.
    let positions: [[Int]]

    /// Reads `{"tokens": […]}`: CAIP-19 texts, or objects with `chain`, `contract` and `token_id`.
    ///
    /// - Parameter refusal: why a token is not served though it is named well.
    init(
        parsing body: [UInt8], chains: ChainDirectory, refusal: (TokenReference) -> Problem?
    ) throws(Problem) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(validating: body).root
        } catch {
            throw .invalidRequest("The body is not valid JSON: \(error).")
        }
        guard root.kind == .object, let list = root["tokens"], list.kind == .array else {
            throw .invalidRequest("The body is an object with a list: {\"tokens\": […]}.")
        }
        var items: [Item] = []
        var places: [TokenReference: Int] = [:]
        var tokens: [TokenReference] = []
        var positions: [[Int]] = []
        for value in list.elements {
            guard items.count < Self.limit else {
                throw .invalidRequest("A batch holds at most \(Self.limit) tokens; send the others in further ones.")
            }
            do throws(Problem) {
                let reference = try chains.reference(reading: value)
                if let refusal = refusal(reference) { throw refusal }
                let place = places[reference] ?? tokens.count
                if place == tokens.count {
                    places[reference] = place
                    tokens.append(reference)
                    positions.append([])
                }
                positions[place].append(items.count)
                items.append(.token(place))
            } catch {
                items.append(.refused(error))
            }
        }
        guard !items.isEmpty else { throw .invalidRequest("A batch holds at least one token.") }
        self.items = items
        self.tokens = tokens
        self.positions = positions
    }
}
