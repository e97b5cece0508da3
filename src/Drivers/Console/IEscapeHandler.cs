using System.Text;

namespace KernelSockets.Drivers.Console;

/// <summary>Gets what <see cref="EscapeParser"/> finds.</summary>
internal interface IEscapeHandler
{
    /// <summary>A printable character.</summary>
    void Print(Rune rune);

    /// <summary>A C0 control character (ECMA-48 §5.2).</summary>
    void Execute(byte control);

    /// <summary>An escape sequence (ECMA-35 §13.2).</summary>
    /// <param name="intermediate">0, or the last byte 0x20 to 0x2F before the final one.</param>
    /// <param name="final">0x30 to 0x7E.</param>
    void Escape(byte intermediate, byte final);

    /// <summary>A control sequence (ECMA-48 §5.4).</summary>
    /// <param name="prefix">0, or one of <c>&lt; = &gt; ?</c>.</param>
    /// <param name="parameters">What stood between; an omitted one is 0.</param>
    /// <param name="intermediate">0, or the last byte 0x20 to 0x2F before the final one.</param>
    /// <param name="final">0x40 to 0x7E.</param>
    void Control(byte prefix, ReadOnlySpan<int> parameters, byte intermediate, byte final);
}
