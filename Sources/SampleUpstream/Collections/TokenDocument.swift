import Tokens

/// The parts of a generated metadata document, and its JSON.
struct TokenDocument {
    var name: String
    var description = ""
    var image: String
    var externalURL: String?
    var attributes: [Attribute]
    /// Members that come last, as JSON text: `"decimals":0`.
    var extraMembers: [String] = []

    struct Attribute {
        let type: String
        /// JSON text: a quoted string or a number.
        let value: String
        var displayType: String?

        init(_ type: String, text: String) {
            self.type = type
            var quoted: [UInt8] = []
            quoted.append(jsonString: text)
            value = String(decoding: quoted, as: UTF8.self)
        }

        init(_ type: String, number: Int, displayType: String) {
            self.type = type
            value = String(number)
            self.displayType = displayType
        }
    }

    /// The document in one line.
    var json: [UInt8] {
        var output = beforeDescription
        output.append(jsonString: description)
        return output + afterDescription
    }

    /// The document with a description of the length that makes the whole as long as asked for, but no shorter than 40
    /// bytes. `prose` returns so many bytes of ASCII that need no escapes.
    func json(length: Int, prose: (Int) -> [UInt8]) -> [UInt8] {
        var output = beforeDescription
        let rest = afterDescription
        output.append(UInt8(ascii: "\""))
        output += prose(max(length - output.count - rest.count - 1, 40))
        output.append(UInt8(ascii: "\""))
        return output + rest
    }

    private var beforeDescription: [UInt8] {
        var output: [UInt8] = []
        output.append(text: #"{"name":"#)
        output.append(jsonString: name)
        output.append(text: #","description":"#)
        return output
    }

    private var afterDescription: [UInt8] {
        var output: [UInt8] = []
        output.append(text: #","image":"#)
        output.append(jsonString: image)
        if let externalURL {
            output.append(text: #","external_url":"#)
            output.append(jsonString: externalURL)
        }
        output.append(text: #","attributes":["#)
        for (index, attribute) in attributes.enumerated() {
            if index > 0 { output.append(text: ",") }
            append(attribute, to: &output)
        }
        output.append(text: "]")
        for member in extraMembers { output.append(text: ",\(member)") }
        output.append(text: "}")
        return output
    }

    private func append(_ attribute: Attribute, to output: inout [UInt8]) {
        output.append(text: #"{"trait_type":"#)
        output.append(jsonString: attribute.type)
        output.append(text: #","value":\#(attribute.value)"#)
        if let displayType = attribute.displayType {
            output.append(text: #","display_type":"#)
            output.append(jsonString: displayType)
        }
        output.append(text: "}")
    }
}
