import HTTPCaching

/// A header section from lines such as `Vary: Accept`.
func section(_ lines: String...) -> HeaderFields { section(lines) }

func section(_ lines: [String]) -> HeaderFields {
    HeaderFields(
        lines.map { line in
            let name = line.prefix { $0 != ":" }
            return FieldLine(String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
        })
}
