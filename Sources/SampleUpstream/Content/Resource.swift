/// What the simulated internet holds under one path.
struct Resource: Sendable {
    var status = 200
    var contentType: String?
    var body: [UInt8] = []
    /// With its quotes.
    var entityTag: String?
    /// An IMF-fixdate.
    var lastModified: String?
    var cacheControl: String?
    var fields: [(name: String, value: String)] = []

    init(_ body: [UInt8], contentType: String?) {
        self.body = body
        self.contentType = contentType
    }

    init(_ text: String, contentType: String?) {
        self.init(Array(text.utf8), contentType: contentType)
    }

    /// An answer that is nothing but a status and a line of text.
    static func status(_ status: Int, _ text: String) -> Resource {
        var resource = Resource(text + "\n", contentType: "text/plain; charset=utf-8")
        resource.status = status
        return resource
    }

    static func redirect(to location: String) -> Resource {
        var resource = Resource.status(302, "Found")
        resource.fields = [("Location", location)]
        return resource
    }

    static func json(_ body: [UInt8]) -> Resource {
        Resource(body, contentType: "application/json")
    }
}

/// A place with files in it: an IPFS directory, an Arweave transaction with a path manifest, a part of a web site.
protocol ContentFolder: Sendable {
    /// The file with a name; the empty name is the folder itself. Called for each request, so that nothing is held.
    func resource(named name: String) -> Resource?
}

/// A folder that is a file itself.
struct SingleFile: ContentFolder {
    let resource: Resource

    func resource(named name: String) -> Resource? {
        name.isEmpty ? resource : nil
    }
}
