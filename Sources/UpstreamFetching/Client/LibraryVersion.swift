import CCurl

extension UpstreamClient {
    /// libcurl and what it was built with, in its own words.
    public static var libraryVersion: String { String(cString: curl_version()) }
}
