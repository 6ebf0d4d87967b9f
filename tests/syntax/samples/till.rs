//! Tills.
use crate::coins::{Coin, mint};
mod prices;

/// A till.
#[derive(Debug)]
pub struct Till<T> {
    coins: Vec<T>,
}

/// How much.
pub const RATE: u32 = 3;
static mut COUNT: u32 = 0;

impl<T: Clone> Till<T> {
    /// Adds.
    pub fn add(&mut self, coin: Coin) -> Result<u32, Error> {
        let sum = mint(coin.value());
        println!("{}", sum);
        Ok(sum + RATE)
    }
}
impl Drop for Till<u8> { fn drop(&mut self) {} }
pub trait Closable { fn close(&self); fn open(&self) {} }
pub enum Side { Heads }
mod tests { #[test] fn adds() {} }
macro_rules! coin { () => {} }
type Short = Till<u8>;
pub(crate) async fn run<F>(f: F) where F: Fn() { f() }
