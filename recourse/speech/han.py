"""Traditional characters and how the mainland writes them, for phrases that a text may hold in either form.

Only characters of the phrases and of everyday speech around them: a table to compare by, not to translate with. Where one
simplified character stands for several traditional ones, all lead to it.
"""

from __future__ import annotations

_TRADITIONAL = (
    "丟並來係個們偵偽傳債傷僞償兒內兩凈凍刪動務匯區協員問啓啟單嗎嚇嚴囉國執報場壓婦媽孫學實審寶將專對導峯"
    "師帳幫庫廠張強後從復徵恆應戶戸擔據數斷時曆書會東條業構樂樣機橫檔檢檯權歷汙決沒沖淨減滾潑濟為無爲爺爾"
    "獄現產當發監眾碼礎礦祇稅種約紅納終結絕絡給經綫網線緝縣總繫繳續罰羣義聯聲脫腎臉臺與舊著蘇蘭處號衆衝衹"
    "裏補裡製複覆見規視親計訊討記訟設訴詐話認語誣說説誰調談請論謀謹證識變讎讐讓負財責貸費貼資賠賣賬賴車輩"
    "轉轟辦農這進過違還邊鄉鄰銀銷錄錢鍾鎖鎮鐘鐵長門開間關隊險隻雙難電響須領頭額颱飛養馬騙髮鬆鬧麗麼點"
)
_SIMPLIFIED = (
    "丢并来系个们侦伪传债伤伪偿儿内两净冻删动务汇区协员问启启单吗吓严罗国执报场压妇妈孙学实审宝将专对导峰"
    "师账帮库厂张强后从复征恒应户户担据数断时历书会东条业构乐样机横档检台权历污决没冲净减滚泼济为无为爷尔"
    "狱现产当发监众码础矿只税种约红纳终结绝络给经线网线缉县总系缴续罚群义联声脱肾脸台与旧着苏兰处号众冲只"
    "里补里制复复见规视亲计讯讨记讼设诉诈话认语诬说说谁调谈请论谋谨证识变仇仇让负财责贷费贴资赔卖账赖车辈"
    "转轰办农这进过违还边乡邻银销录钱钟锁镇钟铁长门开间关队险只双难电响须领头额台飞养马骗发松闹丽么点"
)
SIMPLIFIED = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
"""Traditional character → simplified."""
