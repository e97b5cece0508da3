using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>A link that leads where its text says.</summary>
/// <param name="number">Number of its inode.</param>
/// <param name="text">Makes the text.</param>
internal sealed class ProcTextLink(ulong number, Func<string> text) : ProcLink(number)
{
    public override IoResult Read(Span<byte> target) => Cut(Encoding.UTF8.GetBytes(text()), target);
}
