import Tokens

extension UpstreamCounters {
    /// The body of `GET /control/counters`.
    var json: [UInt8] {
        var output: [UInt8] = []
        output.append(text: #"{"connections":\#(connections),"requests":\#(requests),"rpc_http":\#(rpcRequests)"#)
        output.append(text: #","rpc_batches":\#(rpcBatches),"eth_call":"#)
        Self.append(contractCalls, to: &output)
        output.append(text: #","token_uri_calls":\#(totalTokenURICalls),"token_uri":"#)
        Self.append(tokenURICalls, to: &output)
        output.append(text: #","eth_getLogs":\#(logRequests),"eth_blockNumber":\#(headRequests)"#)
        output.append(text: #","ipfs":\#(ipfsRequests),"ar":\#(arweaveRequests),"web":\#(webRequests),"#)
        output.append(text: #""providers":\#(providerRequests),"paths":"#)
        Self.append(paths, to: &output)
        output.append(text: #","not_modified":\#(notModified),"faults":\#(faults)}"#)
        return output
    }

    private static func append(_ counters: [String: Int], to output: inout [UInt8]) {
        output.append(text: "{")
        for (index, counter) in counters.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { output.append(text: ",") }
            output.append(jsonString: counter.key)
            output.append(text: ":\(counter.value)")
        }
        output.append(text: "}")
    }
}
