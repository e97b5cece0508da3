using System.Text.Json;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>A JSON object, read as leniently as cJSON's readers do: what is missing or of another kind counts as absent.</summary>
/// <remarks>JsonDocument would do the same, but needs the class library's cryptography, which needs OpenSSL.</remarks>
internal sealed class IperfJson
{
    private readonly Dictionary<string, object?> _members = new(StringComparer.Ordinal);

    private IperfJson()
    {
    }

    /// <summary>Reads a text that is an object.</summary>
    /// <exception cref="IperfException">It is not.</exception>
    public static IperfJson Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            return reader.Read() && ReadValue(ref reader) is IperfJson json && !reader.Read() ? json : throw new IperfException("a message is no object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new IperfException("a message is no JSON");
        }
    }

    /// <summary>True for <c>true</c> and a number that is not 0.</summary>
    public bool Flag(string name) => _members.GetValueOrDefault(name) is true or (double and not 0);

    /// <summary>A number; 0 for none.</summary>
    public double Number(string name) => _members.GetValueOrDefault(name) is double number ? number : 0;

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="IperfException">It is not.</exception>
    public long NumberBetween(string name, long least, long most, long otherwise)
    {
        if (!_members.TryGetValue(name, out object? value))
        {
            return otherwise;
        }

        double number = value is double found ? found : double.NaN;
        return number >= least && number <= most ? (long)Math.Min(number, long.MaxValue - 1023) : throw new IperfException($"the parameter '{name}' is out of range");
    }

    /// <summary>The objects in an array; null when there is none.</summary>
    /// <exception cref="IperfException">Something in it is no object.</exception>
    public IReadOnlyList<IperfJson>? Objects(string name) => _members.GetValueOrDefault(name) is List<object?> array
        ? [.. array.Select(static item => item as IperfJson ?? throw new IperfException("a result is no object"))]
        : null;

    private static object? ReadValue(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.Number => reader.TryGetDouble(out double number) ? number : null,
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };

    private static IperfJson ReadObject(ref Utf8JsonReader reader)
    {
        IperfJson json = new();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            _ = reader.Read();
            json._members[name] = ReadValue(ref reader);
        }

        return json;
    }

    private static List<object?> ReadArray(ref Utf8JsonReader reader)
    {
        List<object?> array = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            array.Add(ReadValue(ref reader));
        }

        return array;
    }
}
