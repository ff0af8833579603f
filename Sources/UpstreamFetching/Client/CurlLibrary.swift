import CCurl

/// libcurl's process-wide state.
enum CurlLibrary {
    /// Whether libcurl could set itself up; done once, at first use (curl_global_init(3)).
    static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
}
