#include "codec/wire/message.hpp"

#include "codec/wire/buffer.hpp"
#include "codec/wire/fields.hpp"

namespace wherry::wire {

template <class M>
std::string encode(const M& message, std::uint32_t request) {
    Writer writer;
    const std::size_t start = writer.open();
    writer(M::type);
    writer(protocol_version);
    writer(request);
    fields(writer, message);
    // The size counts itself.
    std::string bytes = writer.take();
    const auto size = static_cast<std::uint32_t>(bytes.size());
    for (std::size_t i = 0; i < start; ++i) {
        bytes[i] = static_cast<char>((size >> (8 * i)) & 0xff);
    }
    return bytes;
}

Result<Header> decode_header(std::string_view bytes) {
    Header header;
    Reader reader(bytes.substr(0, header_size));
    fields(reader, header);
    if (bytes.size() < header_size || header.size != bytes.size()) {
        return fail(ErrorKind::invalid, "wire message of {} bytes says {}", bytes.size(),
                    header.size);
    }
    return header;
}

template <class M>
Result<M> decode(std::string_view bytes) {
    TRY(const Header header, decode_header(bytes));
    if (header.type != M::type) {
        return fail(ErrorKind::invalid, "wire message of type {} where {} was due",
                    static_cast<unsigned>(header.type), static_cast<unsigned>(M::type));
    }
    M message;
    Reader reader(bytes.substr(header_size));
    fields(reader, message);
    if (reader.bad()) {
        return fail(ErrorKind::invalid, "wire message of type {} is cut",
                    static_cast<unsigned>(header.type));
    }
    return message;
}

#define WHERRY_WIRE_MESSAGE(M)                                       \
    template std::string encode<M>(const M& message, std::uint32_t); \
    template Result<M> decode<M>(std::string_view bytes);

WHERRY_WIRE_MESSAGE(Hello)
WHERRY_WIRE_MESSAGE(Done)
WHERRY_WIRE_MESSAGE(Failure)
WHERRY_WIRE_MESSAGE(Started)
WHERRY_WIRE_MESSAGE(Attached)
WHERRY_WIRE_MESSAGE(ExitEvent)
WHERRY_WIRE_MESSAGE(AttachEnded)
WHERRY_WIRE_MESSAGE(OutOfMemory)
WHERRY_WIRE_MESSAGE(StartRequest)
WHERRY_WIRE_MESSAGE(HoldRequest)
WHERRY_WIRE_MESSAGE(AttachRequest)
WHERRY_WIRE_MESSAGE(ResizeRequest)
WHERRY_WIRE_MESSAGE(SignalRequest)
WHERRY_WIRE_MESSAGE(CloseStdinRequest)
WHERRY_WIRE_MESSAGE(AcknowledgeExitRequest)
WHERRY_WIRE_MESSAGE(KillRequest)
WHERRY_WIRE_MESSAGE(QuitRequest)
WHERRY_WIRE_MESSAGE(ExecRequest)
WHERRY_WIRE_MESSAGE(ListExecsRequest)
WHERRY_WIRE_MESSAGE(ForgetExecRequest)
WHERRY_WIRE_MESSAGE(ExecStarted)
WHERRY_WIRE_MESSAGE(ExecEnded)
WHERRY_WIRE_MESSAGE(ExecList)
WHERRY_WIRE_MESSAGE(HealthState)
WHERRY_WIRE_MESSAGE(HealthRequest)
WHERRY_WIRE_MESSAGE(PauseHealthRequest)
WHERRY_WIRE_MESSAGE(ProcessPlan)
WHERRY_WIRE_MESSAGE(LaunchRequest)
WHERRY_WIRE_MESSAGE(LaunchResult)

}  // namespace wherry::wire
