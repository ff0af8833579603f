import Caching
import HTTPCaching
import Tokens

/// The answers of the image route: a redirect to where the image lies, or the image itself when the document holds it.
extension AnswerRenderer {
    func imageAnswer(_ record: TokenRecord) -> CacheEntry.Answer {
        let image: TokenURI?
        do throws(TokenViewError) {
            image = try TokenView.image(of: record)
        } catch {
            return problemAnswer(.metadataUnusable("\(error)", source: record.source))
        }
        guard let image else { return problemAnswer(.imageNotFound("The token's metadata names no image.")) }
        if case .data(let mediaType, let bytes) = image {
            return inlineAnswer(bytes, declared: mediaType, of: record)
        }
        guard let location = media.imageURL(of: image), Self.isLocation(location) else {
            return problemAnswer(.imageNotFound("The token's image has no address that a browser could open."))
        }
        return redirectAnswer(to: location)
    }

    private func inlineAnswer(_ bytes: [UInt8], declared: String, of record: TokenRecord) -> CacheEntry.Answer {
        let content = SafeContent(bytes, declared: declared)
        return answer(
            bytes, tag: digest(bytes), content.lines(filename: record.reference.token.decimal),
            compresses: content.isText, lastModified: record.fetchedAt / 1000)
    }

    private func redirectAnswer(to location: String) -> CacheEntry.Answer {
        CacheEntry.Answer(
            status: 302,
            head: Self.bytes("Location: \(location)\r\nCross-Origin-Resource-Policy: cross-origin\r\n"),
            identity: Representation(.empty, entityTag: []))
    }

    /// Whether a URL can stand in a header line and leads to the web.
    private static func isLocation(_ url: String) -> Bool {
        (url.hasPrefix("https://") || url.hasPrefix("http://")) && url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension Problem {
    static func imageNotFound(_ reason: String) -> Problem {
        var problem = Problem(404, "image-not-found", "Image not found", detail: reason)
        problem.isRetryable = false
        return problem
    }
}
