// The records of images in the store: JSON with a schema version.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/images/content.hpp"

namespace wherry::images::records {

inline constexpr std::string_view image_kind = "image";
inline constexpr std::string_view layer_kind = "layer";
inline constexpr std::string_view reference_kind = "reference";
inline constexpr int schema = 1;

struct Blob {
    std::string digest;
    std::uint64_t size = 0;
};

struct ImageRecord {
    int schema = records::schema;
    std::vector<std::string> layers;  ///< names, lowest first
    std::vector<Blob> blobs;
    std::vector<std::string> manifests;
    std::string last_tagged;
};

struct LayerRecord {
    int schema = records::schema;
    std::string chain_id;
    std::string diff_id;
    std::uint64_t size = 0;
};

struct ReferenceRecord {
    int schema = records::schema;
    std::string image;
};

[[nodiscard]] std::string encode(const ImageRecord& record);
[[nodiscard]] std::string encode(const LayerRecord& record);
[[nodiscard]] std::string encode(const ReferenceRecord& record);
/// `unsupported` for a record of a newer engine.
[[nodiscard]] Result<ImageRecord> decode_image(std::string_view text);
[[nodiscard]] Result<LayerRecord> decode_layer(std::string_view text);
[[nodiscard]] Result<ReferenceRecord> decode_reference(std::string_view text);

}  // namespace wherry::images::records
