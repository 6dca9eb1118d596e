#include "base/fault.hpp"
#include "base/scope_guard.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/name.hpp"

namespace wherry::containers {

Task<Result<>> Containers::rename(std::string name, std::string new_name) {
    if (name.empty() || new_name.empty()) {
        co_return Error(ErrorKind::invalid, "Neither old nor new names may be empty");
    }
    CO_TRY(auto container, catalog_.get(name));
    co_return co_await async::shielded(rename_now(std::move(container), std::move(new_name)));
}

Task<Result<>> Containers::rename_now(ContainerPtr container, std::string new_name) {
    CO_CHECK_OK(co_await settled(container));
    CO_TRY(const auto guard, co_await hold(container));
    const std::string old_name = container->record.name;
    auto checked = check_name(new_name);
    if (!checked) {
        co_return std::move(checked).error().in("Error when allocating new name");
    }
    if (*checked == old_name) {
        co_return Error(ErrorKind::invalid,
                        "Renaming a container with the same name as its current name");
    }
    if (auto reserved = catalog_.reserve(*checked, container->id()); !reserved) {
        co_return std::move(reserved).error().in("Error when allocating new name");
    }
    auto release = on_failure([&]() noexcept { catalog_.release(*checked); });
    Record renamed = container->record;
    renamed.name = *checked;
    store::Batch batch;
    batch.put(std::string(record_kind), container->id(), encode_record(renamed));
    store::Event told = event(*container, "rename");
    told.attributes["name"] = *checked;
    told.attributes["oldName"] = "/" + old_name;
    batch.event(std::move(told));
    CO_CHECK_OK(co_await parts_.store.commit(std::move(batch), store::Durability::synced));
    fault_point("rename.stored");
    release.commit();
    container->record.name = *checked;
    catalog_.release(old_name);
    parts_.networks.set_container_name(container->id(), container->record.name);
    co_return Result<>();
}

}  // namespace wherry::containers
