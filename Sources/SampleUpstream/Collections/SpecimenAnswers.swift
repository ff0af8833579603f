/// The tokens of ``Specimens`` whose host answers in a way of its own: E-100 to E-112.
enum SpecimenAnswers {
    static let all: [Specimen] = [
        Specimen(10001, page("Just a moment...")), Specimen(10002, page("Specimens")),
        Specimen(10101, document: #"{"message":"not found"}"#),
        Specimen(10102, document: #"{"error":{"code":"429","message":"Too many requests"}}"#),
        Specimen(10103, document: #"{"statusCode":404}"#),
        Specimen(10201, .json([])), Specimen(10202, document: "null"), Specimen(10203, document: "[]"),
        Specimen(10204, document: #""words""#), Specimen(10205, document: "42"),
        Specimen(10301, .status(204, "")), Specimen(10302, .status(302, "to nowhere")),
        Specimen(10303, .redirect(to: "ipfs://\(Specimens.directoryInVersion0)/103")),
        Specimen(10304, .redirect(to: "http://127.0.0.1:1/103")), Specimen(10305, .redirect(to: "10305")),
        Specimen(10401, Resource(document, contentType: "text/plain")),
        Specimen(10402, Resource(document, contentType: nil)),
        Specimen(10403, Resource(document, contentType: "text/html")),
        Specimen(10404, Resource(document, contentType: "application/octet-stream")),
        Specimen(10501, Resource(VectorImage.draw(seed: 105, title: "Specimen"), contentType: "image/svg+xml")),
        Specimen(10502, Resource(video, contentType: "video/mp4")),
        Specimen(10901, .status(403, "Forbidden")), Specimen(10902, .status(405, "Method Not Allowed")),
        Specimen(11001, .status(404, "Not Found")), Specimen(11002, .status(410, "Gone")),
        Specimen(11003, .status(451, "Unavailable For Legal Reasons")),
        Specimen(11101, .status(429, "Too Many Requests")), Specimen(11102, .status(599, "slow down")),
        Specimen(11201, .status(502, "Bad Gateway")), Specimen(11202, .status(522, "timed out")),
    ]

    private static let document = #"{"name":"Specimen"}"#
    /// How a file of MPEG-4 begins.
    private static let video: [UInt8] = [0, 0, 0, 24] + Array("ftypmp42".utf8) + [UInt8](repeating: 0, count: 12)

    private static func page(_ title: String) -> Resource {
        let text = "<!DOCTYPE html>\n<html><head><title>\(title)</title></head><body></body></html>\n"
        return Resource(text, contentType: "text/html; charset=utf-8")
    }
}
