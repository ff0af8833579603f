/// What providers and careless servers put around a document: an array with it alone, or an object that has it, or its
/// text, under one of a few names.
enum DocumentWrapper {
    private static let names = ["metadata", "data", "result", "nft", "token"]
    /// Layers of one document, itself included.
    private static let depthLimit = 4

    /// The objects a document consists of, from the outermost to the innermost.
    static func layers(of root: JSONValue) -> [JSONValue] {
        var layers: [JSONValue] = []
        var next: JSONValue? = object(root)
        while let layer = next, layers.count < depthLimit {
            layers.append(layer)
            next = names.lazy.compactMap { layer[$0].flatMap(object) }.first
        }
        return layers
    }

    private static func object(_ value: JSONValue) -> JSONValue? {
        switch value.kind {
        case .object:
            return value
        case .array:
            let elements = Array(value.elements.prefix(2))
            return elements.count == 1 && elements[0].kind == .object ? elements[0] : nil
        case .string:
            guard let text = value.unescaped, text.first(where: { !JSONByte.isWhitespace($0) }) == JSONByte.openBrace
            else { return nil }
            return (try? JSONDocument(validating: text))?.root
        case .number, .boolean, .null:
            return nil
        }
    }
}
