import CCurl

/// The only owner of a libcurl easy handle and of the lists it points to. Loop-confined.
final class EasyHandle {
    /// An option libcurl did not take: it is out of memory, or was built without a part that is needed here.
    struct Refusal: Error {
        let code: CURLcode
    }

    let raw: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    init() throws(Refusal) {
        guard let raw = curl_easy_init() else { throw Refusal(code: CURLE_OUT_OF_MEMORY) }
        self.raw = raw
    }

    deinit {
        curl_easy_cleanup(raw)
        for list in lists { curl_slist_free_all(list) }
    }

    func set(_ option: CURLoption, _ value: Int) throws(Refusal) {
        try check(ccurl_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, _ text: String) throws(Refusal) {
        try check(text.withCString { ccurl_set_text(raw, option, $0) })
    }

    /// The bytes hold no NUL.
    func set(_ option: CURLoption, bytes: [UInt8]) throws(Refusal) {
        try check((bytes + [0]).withUnsafeBytes { ccurl_set_pointer(raw, option, $0.baseAddress) })
    }

    /// The entries hold no NUL.
    func set(_ option: CURLoption, list entries: [[UInt8]]) throws(Refusal) {
        guard !entries.isEmpty else { return }
        var list: UnsafeMutablePointer<curl_slist>?
        for entry in entries {
            let longer = (entry + [0]).withUnsafeBytes {
                curl_slist_append(list, $0.bindMemory(to: CChar.self).baseAddress)
            }
            guard let longer else {
                curl_slist_free_all(list)
                throw Refusal(code: CURLE_OUT_OF_MEMORY)
            }
            list = longer
        }
        if let list { lists.append(list) }
        try check(ccurl_set_list(raw, option, list))
    }

    /// libcurl copies the bytes.
    func setBody(_ bytes: [UInt8]) throws(Refusal) {
        try check(ccurl_set_size(raw, CURLOPT_POSTFIELDSIZE_LARGE, bytes.count))
        // Of no bytes there is no address, and NULL would mean "ask a callback".
        let code = bytes.withUnsafeBytes { bytes in
            ccurl_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(raw))
        }
        try check(code)
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) throws(Refusal) {
        try check(ccurl_set_pointer(raw, option, pointer))
    }

    func check(_ code: CURLcode) throws(Refusal) {
        guard code == CURLE_OK else { throw Refusal(code: code) }
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(raw, info, &value) == CURLE_OK ? value : 0
    }

    func size(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return ccurl_get_size(raw, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard ccurl_get_text(raw, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }

    /// A span that libcurl tells in microseconds.
    func duration(_ info: CURLINFO) -> Duration { .microseconds(size(info)) }
}
