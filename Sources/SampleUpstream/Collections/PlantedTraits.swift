/// The traits and the prose of the generated collections, which are all about trees.
enum PlantedTraits {
    private static let choices: [(type: String, values: [String])] = [
        ("Fruit", ["Quince", "Medlar", "Damson", "Greengage", "Bullace", "Mirabelle", "Sloe"]),
        ("Bark", ["Smooth", "Furrowed", "Peeling", "Lichened", "Silver"]),
        ("Season", ["Blossom", "Leaf", "Harvest", "Frost"]),
        ("Soil", ["Loam", "Chalk", "Clay", "Peat", "Gravel"]),
        ("Visitor", ["Wren", "Hedgehog", "Bumblebee", "Fieldfare", "Dormouse", "Owl"]),
        ("Sky", ["Clear", "Overcast", "Dawn", "Dusk", "Thunder"]),
    ]

    private static let sentences = [
        "It stands where the path turns towards the water.",
        "The lower branches were grafted twice and kept both fruits.",
        "Nobody remembers who planted it, but somebody still prunes it.",
        "In a dry year it flowers early and ripens late.",
        "A ladder leans against it from the last week of August.",
        "Its neighbours are older and bear less.",
        "The roots lift the wall a little more each spring.",
        "From its top the whole valley can be seen.",
    ]

    /// Five to eight attributes: words, and in part a height and a date.
    static func attributes(from numbers: inout SeededGenerator) -> [TokenDocument.Attribute] {
        let words = choices.shuffled(using: &numbers).prefix(4 + numbers.below(3))
        var attributes = words.map { choice in
            TokenDocument.Attribute(choice.type, text: choice.values[numbers.below(choice.values.count)])
        }
        attributes.append(.init("Height", number: 2 + numbers.below(17), displayType: "number"))
        if attributes.count.isMultiple(of: 2) {
            attributes.append(.init("Planted", number: 1_500_000_000 + numbers.below(100_000_000), displayType: "date"))
        }
        return attributes
    }

    /// Sentences up to a length, the last one cut so that it fits exactly.
    static func prose(length: Int, from numbers: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(length + 80)
        while text.count < length {
            if !text.isEmpty { text.append(UInt8(ascii: " ")) }
            text.append(contentsOf: sentences[numbers.below(sentences.count)].utf8)
        }
        return Array(text.prefix(length))
    }
}
