// A container's output in one line.
#include <iostream>
#include <wherry/wherry.hpp>

int main() {
    std::cout
        << wherry::connect().run({.image = "alpine", .cmd = {"echo", "hello world"}}).value().out;
}
