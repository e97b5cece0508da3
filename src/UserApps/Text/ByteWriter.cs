using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>A program's output: bytes, gathered until there are many or <see cref="Flush"/> is called. Failures are <see cref="WriteFailedException"/>s.</summary>
internal sealed class ByteWriter(Stream stream)
{
    private const int Capacity = 65_536;
    private const int LongestNumber = 20;

    private readonly byte[] _buffer = new byte[Capacity];
    private int _count;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Capacity - _count)
        {
            Flush();
            if (bytes.Length > Capacity)
            {
                WriteThrough(bytes);
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>Writes a byte.</summary>
    public void Write(byte value)
    {
        if (_count == Capacity)
        {
            Flush();
        }

        _buffer[_count++] = value;
    }

    /// <summary>Writes bytes and a byte that ends them.</summary>
    public void WriteLine(ReadOnlySpan<byte> bytes, byte end = (byte)'\n')
    {
        Write(bytes);
        Write(end);
    }

    /// <summary>Writes text in UTF-8.</summary>
    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a number in decimal.</summary>
    public void Write(long number)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        _ = number.TryFormat(digits, out int count, provider: CultureInfo.InvariantCulture); // 20 characters hold every long
        Write(digits[..count]);
    }

    /// <summary>Hands on what was gathered.</summary>
    public void Flush()
    {
        int count = _count;
        _count = 0; // what could not be written is not tried again
        if (count > 0)
        {
            WriteThrough(_buffer.AsSpan(0, count));
        }
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
            stream.Flush();
        }
        catch (IOException failure)
        {
            throw new WriteFailedException(failure);
        }
    }
}
