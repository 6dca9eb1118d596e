# Writes OUT, a source file with a table of PAGES: each name and its text.
set(rows "")
foreach(page IN LISTS PAGES)
  get_filename_component(name ${page} NAME_WE)
  file(READ ${page} content)
  string(APPEND rows "    {\"${name}\", R\"page(${content})page\"},\n")
endforeach()
file(WRITE ${OUT} "// Made from commands/*.md at build time.
#include \"bin/wherry/page.hpp\"

namespace wherry::command {
namespace {

struct Page {
    std::string_view name;
    std::string_view text;
};

constexpr Page pages[] = {
${rows}};

}  // namespace

std::string_view find_page(std::string_view name) noexcept {
    for (const Page& page : pages) {
        if (page.name == name) {
            return page.text;
        }
    }
    return {};
}

}  // namespace wherry::command
")
