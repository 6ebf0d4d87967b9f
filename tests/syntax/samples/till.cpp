#include <vector>
#include "till.hpp"
namespace shop::tills {
// A till.
template <typename T>
class Till : public Drawer<T> {
public:
    Till(int size) : size_(size) {}
    ~Till();
    int add(const Coin& coin) const;
    bool operator==(const Till& other) const { return true; }
    T& at(int i) { return coins_[i]; }
private:
    int size_;
};
enum class Side { Heads };
using Short = Till<int>;
int Till<int>::add(const Coin& coin) const {
    auto local = coin.value();
    return std::max(local, helper(coin));
}
}
extern "C" { int plain(int a) { return a; } }
