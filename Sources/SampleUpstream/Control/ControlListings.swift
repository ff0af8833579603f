import Tokens

/// The JSON of what `/control` lists.
enum ControlListings {
    static func collections(_ listings: [CollectionListing]) -> [UInt8] {
        array(listings) { listing, output in
            output.append(text: #"{"name":"\#(listing.name)","chain":"eip155:\#(SampleChain.identifier)","#)
            output.append(text: #""contract":"\#(listing.contract.checksummed)","#)
            output.append(text: #""standard":"\#(listing.standard.rawValue)","#)
            output.append(text: #""first_token":"\#(listing.tokens.lowerBound)","#)
            output.append(text: #""last_token":"\#(listing.tokens.upperBound)","summary":"#)
            output.append(jsonString: listing.summary)
            output.append(text: #","examples":"#)
            output += array(listing.examples) { example, output in
                output.append(text: #"{"token_id":"\#(example.token)","summary":"#)
                output.append(jsonString: example.summary)
                output.append(text: "}")
            }
            output.append(text: "}")
        }
    }

    static func corpus(_ entries: [CorpusEntry]) -> [UInt8] {
        array(entries) { entry, output in
            output.append(text: #"{"contract":"\#(entry.contract.checksummed)","token_id":"\#(entry.token)","#)
            output.append(text: #""standard":"\#(entry.standard.rawValue)","kind":"\#(entry.kind.rawValue)","file":"#)
            output.append(jsonString: entry.file)
            output.append(text: "}")
        }
    }

    static func faults(_ faults: [(number: Int, times: Int?)]) -> [UInt8] {
        array(faults) { fault, output in
            output.append(text: #"{"fault":\#(fault.number),"times":\#(fault.times.map { "\($0)" } ?? "null")}"#)
        }
    }

    private static func array<Element>(
        _ elements: [Element], _ append: (Element, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.append(text: "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(text: ",") }
            append(element, &output)
        }
        output.append(text: "]")
        return output
    }
}
