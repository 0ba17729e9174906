use std::fmt::Display;

/// The `ChatMessage` of the chat example, its number as the name.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ChatMessage {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, tag = "2")]
    pub message: String,
}

/// So that all numbers are of one length.
const FIRST_NUMBER: usize = 1_000_000;

impl ChatMessage {
    pub fn numbered(number: usize, text: impl Into<String>) -> Self {
        Self { name: (FIRST_NUMBER + number).to_string(), message: text.into() }
    }

    pub fn number(&self) -> Result<usize, String> {
        let number: usize = parse(&self.name)?;
        number.checked_sub(FIRST_NUMBER).ok_or_else(|| format!("{number} is no number of a message"))
    }
}

/// The text of a message that has so many bytes on the wire.
pub fn text_of(size: usize) -> String {
    let left = size - 10;
    let length_bytes = match left {
        ..=128 => 1,
        129..=16_384 => 2,
        _ => 3,
    };
    "x".repeat(left - length_bytes)
}

/// So many numbered messages.
pub fn messages(count: usize, text: String) -> impl Iterator<Item = ChatMessage> + Send + 'static {
    (0..count).map(move |number| ChatMessage::numbered(number, text.as_str()))
}

/// What a client asks of the server-streaming method: so many messages of this size.
pub fn order_of(count: usize, size: usize) -> ChatMessage {
    ChatMessage::numbered(count, size.to_string())
}

/// The messages that an order asks for.
pub fn ordered(order: ChatMessage) -> Result<impl Iterator<Item = ChatMessage> + Send + 'static, String> {
    Ok(messages(order.number()?, text_of(parse(&order.message)?)))
}

fn parse(digits: &str) -> Result<usize, String> {
    digits.parse().map_err(|_| format!("{digits:?} is no number"))
}

/// Counts the messages that arrive on one stream, and finds those out of order or damaged.
#[derive(Default)]
pub struct Tally {
    pub count: usize,
    characters: usize,
    length: Option<usize>,
}

impl Tally {
    pub fn add(&mut self, message: &ChatMessage) -> Result<(), String> {
        let number = message.number()?;
        if number != self.count {
            return Err(format!("message {} is number {number}", self.count));
        }
        let length = message.message.len();
        if length != *self.length.get_or_insert(length) || !message.message.ends_with('x') {
            return Err(format!("message {number} is damaged"));
        }
        self.count += 1;
        self.characters += length;
        Ok(())
    }

    /// Fails unless all messages have arrived.
    pub fn expect(&self, count: usize, text: &str) -> Result<(), String> {
        same(&self.to_message(), &ChatMessage::numbered(count, (count * text.len()).to_string()))
    }

    /// The response to a client-streaming call.
    pub fn to_message(&self) -> ChatMessage {
        ChatMessage::numbered(self.count, self.characters.to_string())
    }
}

pub fn same<T: PartialEq + std::fmt::Debug>(arrived: &T, expected: &T) -> Result<(), String> {
    if arrived == expected { Ok(()) } else { Err(format!("{arrived:?} arrived instead of {expected:?}")) }
}

pub fn words(error: impl Display) -> String {
    error.to_string()
}
