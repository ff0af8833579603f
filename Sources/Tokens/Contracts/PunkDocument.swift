/// The metadata document of a CryptoPunk, which nobody wrote, from what the contract with their data says.
public enum PunkDocument {
    /// - Parameters:
    ///   - attributes: the head and what it wears, separated by commas: `Male 1, Smile, Mohawk`.
    ///   - image: a `data:` URI.
    public static func bytes(number: UInt64, attributes: String, image: String) -> [UInt8] {
        var output: [UInt8] = []
        output.append(text: "{\"name\":\"CryptoPunk #\(number)\",\"image\":")
        output.append(jsonString: image)
        output.append(text: ",\"attributes\":[")
        let values = attributes.split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        for (index, value) in values.enumerated() {
            output.append(
                text: index == 0 ? "{\"trait_type\":\"Type\",\"value\":" : ",{\"trait_type\":\"Accessory\",\"value\":")
            output.append(jsonString: value)
            output.append(text: "}")
        }
        output.append(text: "]}")
        return output
    }
}
