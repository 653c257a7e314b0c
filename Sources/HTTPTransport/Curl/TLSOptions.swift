import CCurl

/// How a handle verifies the server and identifies itself: the same for HTTP and for mail.
enum TLSOptions {
    /// Of every handle. TLS is always verified.
    static var numbers: [(CURLoption, Int)] {
        [(CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)]
    }

    /// Of one connection.
    ///
    /// - Parameter files: are kept for as long as libcurl knows their paths.
    static func paths(_ files: ConnectionFiles) -> [(CURLoption, String?)] {
        // Without a folder libcurl can keep the parsed bundle; parsing it costs milliseconds per connection.
        let trust = CurlLibrary.trust
        return [
            (CURLOPT_CAINFO, files.caFile?.path ?? trust.file),
            (CURLOPT_CAPATH, files.caFile == nil && trust.file == nil ? trust.folder : nil),
            (CURLOPT_SSLCERT, files.clientCertificate?.path), (CURLOPT_SSLKEY, files.clientKey?.path),
        ]
    }
}
