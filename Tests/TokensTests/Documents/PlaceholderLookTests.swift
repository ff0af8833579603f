import Testing
import Tokens

@Suite struct `The look of a placeholder` {
    @Test(arguments: [
        #"{"name":"Unrevealed"}"#, #"{"name":"Apes (unrevealed) #12"}"#, #"{"name":"Mystery Box"}"#,
        #"{"image":"ipfs://QmX/hidden.png"}"#, #"{"image":"https://a.example/prereveal.gif?x=1"}"#,
        #"{"name":"A","attributes":[{"trait_type":"Status","value":"Unrevealed"}]}"#,
        #"{"name":"A","attributes":[{"trait_type":"Revealed","value":false}]}"#,
    ])
    func `E-162 is told by its name, its image or its traits`(text: String) {
        #expect(PlaceholderLook.isPlaceholder(Array(text.utf8)))
    }

    @Test(arguments: [
        #"{"name":"Hiddenite"}"#, #"{"name":"Ape","image":"https://hidden.example/1.png"}"#,
        #"{"name":"A","description":"Coming soon"}"#, #"{"name":"Revealed"}"#, #"["unrevealed"]"#, "unrevealed",
        #"{"name":"A","attributes":[{"trait_type":"Mood","value":"Unrevealed"}]}"#,
    ])
    func `E-162 is not that of words in other places`(text: String) {
        #expect(!PlaceholderLook.isPlaceholder(Array(text.utf8)))
    }
}
