namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>What stands before the id of a primitive.</summary>
/// <param name="Protocol">For example <c>udp</c>; null for none.</param>
/// <param name="Direction">Which end.</param>
/// <param name="Kind">What the id is: <c>host</c>, <c>net</c>, <c>port</c>, <c>portrange</c> or <c>proto</c>; null when it was not said.</param>
internal readonly record struct FilterQualifiers(string? Protocol, FilterDirection Direction, string? Kind)
{
    /// <summary>Takes the qualifiers from the front of the words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="isAny">True when there was one.</param>
    public static FilterQualifiers Read(Queue<string> words, out bool isAny)
    {
        int before = words.Count;
        FilterQualifiers read = default;
        if (words.TryPeek(out string? word) && IsProtocol(word))
        {
            read = read with { Protocol = words.Dequeue() };
        }

        read = read with { Direction = ReadDirection(words) };
        if (words.TryPeek(out word) && word is "host" or "net" or "port" or "portrange" or "proto")
        {
            read = read with { Kind = words.Dequeue() };
        }

        isAny = words.Count < before;
        return read;
    }

    private static bool IsProtocol(string word) => word == "ether" || FilterPrimitives.Protocol(word) is not null;

    private static FilterDirection ReadDirection(Queue<string> words)
    {
        if (!words.TryPeek(out string? first) || first is not ("src" or "dst"))
        {
            return FilterDirection.Any;
        }

        words.Dequeue();
        string[] next = [.. words.Take(2)];
        if (next is ["or" or "and", "src" or "dst"] && next[1] != first)
        {
            words.Dequeue();
            words.Dequeue();
            return next[0] == "or" ? FilterDirection.Any : FilterDirection.Both;
        }

        return first == "src" ? FilterDirection.Source : FilterDirection.Destination;
    }
}
