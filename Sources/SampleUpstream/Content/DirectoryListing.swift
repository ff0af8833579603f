/// The page that a gateway shows for a directory: HTML, at 200, which is not metadata.
enum DirectoryListing {
    static func page(of path: String, identifier: String, names: some Sequence<String>) -> Resource {
        var text = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>\(path)</title></head>\n"
        text += "<body><h1>Index of \(path)</h1><ul>\n"
        for name in names { text += "<li><a href=\"\(path)/\(name)\">\(name)</a></li>\n" }
        text += "</ul></body></html>\n"
        var page = Resource(text, contentType: "text/html; charset=utf-8")
        page.entityTag = "\"DirIndex-1_CID-\(identifier)\""
        return page
    }
}
