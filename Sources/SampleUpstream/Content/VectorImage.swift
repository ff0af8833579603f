/// The SVG image of a token: a few shapes in colours of its own.
enum VectorImage {
    static func draw(seed: UInt64, title: String) -> [UInt8] {
        var numbers = SeededGenerator(seed: seed)
        let hue = numbers.below(360)
        var text = #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 350 350" width="350" height="350">"#
        text += "<title>\(title)</title>"
        text += #"<rect width="350" height="350" fill="hsl(\#(hue),45%,82%)"/>"#
        for _ in 0..<4 + numbers.below(4) {
            let (x, y, radius) = (40 + numbers.below(270), 40 + numbers.below(230), 12 + numbers.below(48))
            let fill = "hsl(\((hue + 60 + numbers.below(180)) % 360),60%,\(35 + numbers.below(35))%)"
            text += #"<circle cx="\#(x)" cy="\#(y)" r="\#(radius)" fill="\#(fill)" fill-opacity="0.8"/>"#
        }
        text += #"<text x="175" y="330" text-anchor="middle" font-family="sans-serif" font-size="20">\#(title)</text>"#
        text += "</svg>"
        return Array(text.utf8)
    }
}
